"""Reading ``.xlsx`` files safely: openpyxl reads them, behind checks; knows cells, not meanings."""
